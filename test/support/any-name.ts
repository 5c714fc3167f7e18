import fc from 'fast-check';

/** Anything that a coupon may be called, more often what means something somewhere. */
export const anyName = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('<b>', '&lt;', '"', "'", '<!channel>', '\r\nBcc: x@y.z', '{{code}}', '$&'),
      fc.constantFrom('\u202E', '\u2028', '\u0000', '\u0085', '쿠폰', '🎉', 'مرحبا', '\uD800'),
      fc.constant('&<>'.repeat(300)),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));
