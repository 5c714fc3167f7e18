import type { ProblemHelp } from './help.ts';

/** Requests that nobody could answer, whatever they are for. */
export const helpOfRequests = {
  malformed_json: {
    meaning: {
      en: 'The body of the request can not be parsed as JSON, or it is not UTF-8.',
      ko: '요청 본문을 JSON으로 읽을 수 없거나 UTF-8이 아닙니다.',
    },
    remedy: {
      en: 'Send the body as your JSON library writes it. Nothing was changed.',
      ko: 'JSON 라이브러리가 만든 본문을 그대로 보내세요. 변경된 것은 없습니다.',
    },
  },
  invalid_request: {
    meaning: {
      en: 'The request could be read, but parts of it are not as the API wants them. Each entry of `errors` names one: `pointer` is a JSON pointer into the body, or `?name` for a query parameter; `detail` says what is wrong.',
      ko: '요청을 읽었지만 일부가 API 규칙에 맞지 않습니다. `errors`의 각 항목에서 `pointer`는 본문의 JSON 포인터(쿼리 매개변수는 `?이름`)이고 `detail`은 무엇이 잘못되었는지 알려 줍니다.',
    },
    remedy: {
      en: 'Mend what is named and send the request again; the same Idempotency-Key may be used. Sent again as it is, it is refused again.',
      ko: '지적된 부분을 고쳐 다시 보내세요. 같은 Idempotency-Key를 써도 됩니다. 그대로 다시 보내면 다시 거절됩니다.',
    },
  },
  invalid_cursor: {
    meaning: {
      en: 'The `cursor` is not one that a page of this list named as its `nextCursor`.',
      ko: '`cursor`가 이 목록의 페이지에서 받은 `nextCursor` 값이 아닙니다.',
    },
    remedy: {
      en: 'Use the cursor as it was given, with the same filters, or begin at the first page without one.',
      ko: '받은 커서를 같은 조건과 함께 그대로 사용하거나, 커서 없이 첫 페이지부터 시작하세요.',
    },
  },
  unauthenticated: {
    meaning: {
      en: 'There is no access token in the request, or it is not valid: expired, from another issuer, for another audience, or not signed by a known key.',
      ko: '요청에 액세스 토큰이 없거나 유효하지 않습니다. 만료되었거나, 발급자나 대상 서비스가 다르거나, 알려진 키로 서명되지 않은 토큰입니다.',
    },
    remedy: {
      en: 'Get a new access token from the issuer and send it as `Authorization: Bearer <token>`.',
      ko: '발급자에게서 새 액세스 토큰을 받아 `Authorization: Bearer <토큰>`으로 보내세요.',
    },
  },
  insufficient_scope: {
    meaning: {
      en: 'The token is valid, but has none of the scopes that this call needs. They are named in `detail` and in the `WWW-Authenticate` header.',
      ko: '토큰은 유효하지만 이 호출에 필요한 권한(scope)이 없습니다. 필요한 권한은 `detail`과 `WWW-Authenticate` 헤더에 있습니다.',
    },
    remedy: {
      en: 'Ask the issuer for a token with one of these scopes, if this client is meant to make the call.',
      ko: '이 클라이언트가 호출해도 되는 작업이라면 발급자에게 해당 권한이 있는 토큰을 요청하세요.',
    },
  },
  not_found: {
    meaning: {
      en: 'There is nothing at this address.',
      ko: '이 주소에는 아무것도 없습니다.',
    },
    remedy: {
      en: 'Check the path: it is case-sensitive, and has no slash at its end. All addresses are in /openapi.json.',
      ko: '경로를 확인하세요. 대소문자를 구분하며 끝에 슬래시가 없습니다. 모든 주소는 /openapi.json에 있습니다.',
    },
  },
  method_not_allowed: {
    meaning: {
      en: 'The address exists, but not with this method. The `Allow` header names those that it has.',
      ko: '주소는 있지만 이 메서드는 사용할 수 없습니다. 가능한 메서드는 `Allow` 헤더에 있습니다.',
    },
    remedy: {
      en: 'Use one of the allowed methods.',
      ko: '허용된 메서드를 사용하세요.',
    },
  },
  payload_too_large: {
    meaning: {
      en: 'The body has more bytes than this call reads; `detail` names the limit.',
      ko: '본문이 이 호출에서 읽는 크기보다 큽니다. 한도는 `detail`에 있습니다.',
    },
    remedy: {
      en: 'Send less, or in several requests.',
      ko: '내용을 줄이거나 여러 요청으로 나누어 보내세요.',
    },
  },
  unsupported_media_type: {
    meaning: {
      en: 'The body is not declared as JSON, or it is compressed.',
      ko: '본문이 JSON으로 표시되지 않았거나 압축되어 있습니다.',
    },
    remedy: {
      en: 'Send `Content-Type: application/json`, and no `Content-Encoding`.',
      ko: '`Content-Encoding` 없이 `Content-Type: application/json`으로 보내세요.',
    },
  },
  idempotency_key_reused: {
    meaning: {
      en: 'This `Idempotency-Key` was used for a request with another path or body within the last day. It says "the same request again", and this is another one.',
      ko: '지난 하루 동안 경로나 본문이 다른 요청에 사용된 `Idempotency-Key`입니다. 이 키는 같은 요청을 다시 보낸다는 뜻인데, 이번 요청은 그 요청과 다릅니다.',
    },
    remedy: {
      en: 'Use a new key, for example a UUID, for each new request; keep it only for retries of the same one.',
      ko: '새 요청마다 UUID 같은 새 키를 사용하고, 같은 요청을 재시도할 때만 키를 유지하세요.',
    },
  },
  too_many_requests: {
    meaning: {
      en: 'This user has sent more requests than one user may. The `RateLimit-Policy` header names the limit, `RateLimit` what is left of it.',
      ko: '이 사용자가 한 사람에게 허용된 것보다 많은 요청을 보냈습니다. 한도는 `RateLimit-Policy`, 남은 양은 `RateLimit` 헤더에 있습니다.',
    },
    remedy: {
      en: 'Wait for the seconds in `Retry-After`, then ask again. Nothing was changed.',
      ko: '`Retry-After`에 적힌 시간(초)만큼 기다렸다가 다시 시도하세요. 변경된 것은 없습니다.',
    },
  },
} as const satisfies Record<string, ProblemHelp>;
