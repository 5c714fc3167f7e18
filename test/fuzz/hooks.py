"""What JSON Schema can't say of bodies that are meant to be right: relations between fields, and
what may stand between braces."""

import json
import os
import random
import uuid
from datetime import datetime, timedelta
from zoneinfo import available_timezones

import schemathesis
from schemathesis import GenerationMode

ZONES = available_timezones()
SCOPE = os.environ["FUZZ_SCOPE"]
USER = os.environ["FUZZ_USER"]
# What JavaScript takes off the ends of a text.
BLANK = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
CODES = json.loads(os.environ["FUZZ_CODES"])


@schemathesis.hook
def before_call(context, case, **kwargs):
    if case.meta is None or case.meta.generation.mode != GenerationMode.POSITIVE:
        return
    if isinstance(case.body, (dict, list)):
        mend(case.body)
    # The same short keys come again and again, with other bodies.
    for name in list(case.headers or {}):
        if name.lower() == "idempotency-key":
            case.headers[name] = str(uuid.uuid4())
    if case.operation.label == "POST /v1/redemptions" and random.random() < 0.9:
        case.body["code"] = random.choice(CODES)
    # Later than the coupon's begin, whenever that is.
    if case.operation.label == "PATCH /v1/coupons/{couponId}" and "issueEndsAt" in case.body:
        case.body["issueEndsAt"] = "9999-12-30T00:00:00Z"
    # An operator has no issuances of their own.
    if case.operation.label == "GET /v1/issuances" and SCOPE == "coupons:manage":
        case.query = {**(case.query or {}), "userId": USER}
    # A cursor comes from a page; any other text is refused.
    if isinstance(case.query, dict) and "cursor" in case.query:
        del case.query["cursor"]


def mend(value):
    if isinstance(value, list):
        for item in value:
            mend(item)
    if not isinstance(value, dict):
        return
    for begin, end in (("issueStartsAt", "issueEndsAt"), ("from", "until")):
        in_order(value, begin, end)
    if value.get("selfRedeem") and value.get("conditions"):
        value["selfRedeem"] = False
    if isinstance(value.get("timeZone"), str) and value["timeZone"] not in ZONES:
        value["timeZone"] = "Asia/Seoul"
    if {"subject", "body"} <= value.keys():
        for name in ("subject", "body"):
            value[name] = template_text(value[name])
    for inner in value.values():
        mend(inner)


def template_text(text):
    if not isinstance(text, str):
        return text
    plain = text.replace("{", "(").replace("}", ")")
    # Seldom: most texts are of other characters.
    if "(" in plain:
        plain = plain.replace("(", "{{count}}", 1) if len(plain) < 100 else plain
    return plain if plain.strip(BLANK) else "{{couponName}}"


def in_order(value, begin, end):
    first, last = (time_of(value.get(name)) for name in (begin, end))
    if first is None or last is None or first < last:
        return
    value[begin], value[end] = value[end], value[begin]
    if first == last:
        value[begin] = (last - timedelta(days=1)).isoformat()


def time_of(text):
    try:
        time = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return time if time.tzinfo is not None else None
