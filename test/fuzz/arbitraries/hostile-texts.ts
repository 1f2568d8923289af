import fc from 'fast-check';

/** Names that every JavaScript object has already, or that change what it is. */
export const PROTOTYPE_KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '__defineGetter__',
] as const;

/** Texts that somebody who writes expressions or paths by hand would let through. */
export const INJECTIONS = [
  '#status = :s OR attribute_exists(id)',
  'a REMOVE #history',
  ':token',
  '#id',
  '" OR "1"="1',
  "'; DROP TABLE jobs; --",
  '{jndi:ldap://localhost/a}',
  '{{7*7}}',
  '../../../../etc/passwd',
  '<script>alert(1)</script>',
  '$(touch /tmp/x)',
  '%00%0d%0aSet-Cookie:a=b',
] as const;

/** What UTF-8 can say and people forget: NUL, line ends, emoji, text from right to left, what is no character at all. */
const ODD_TEXTS = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\r\n',
  'é💥👨‍👩‍👧',
  '\u202eabc',
  '\ufeff',
  '\uffff',
  'İ',
  'a'.repeat(300),
] as const;

export const LONE_SURROGATES = ['\ud800', 'a\udfff', '\udc00\ud800'] as const;

/** Text that can be UTF-8. */
export const wellFormedText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }).map((text) => text.replaceAll(/\p{Surrogate}/gu, '\ufffd')),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom(...PROTOTYPE_KEYS, ...INJECTIONS, ...ODD_TEXTS),
);

/** Text as JavaScript can have it. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: wellFormedText },
  { weight: 1, arbitrary: fc.constantFrom(...LONE_SURROGATES) },
);

/** JSON text, and what nearly is. */
export const jsonText: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.json({ maxDepth: 3 }) },
  { weight: 2, arbitrary: wellFormedText.map((text) => JSON.stringify({ [text]: text })) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '{"__proto__":{"polluted":true}}',
      '{"constructor":{"prototype":{"polluted":true}}}',
      '{"a":1,"a":2}',
      '1e400',
      '-0',
      '12345678901234567890',
      '"\\ud800"',
      `"\\u0000"`,
      '{',
      'undefined',
      'NaN',
      '',
      ' 1 ',
      '\ufeff1',
    ),
  },
);
