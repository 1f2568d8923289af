/** Compiled once: policies are few and requests many. */
const compiled = new Map<string, RegExp>();

function compile(pattern: string, flags: '' | 'i'): RegExp {
  const key = `${flags}:${pattern}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const source = pattern
    .replace(/[\\^$.+()[\]{}|]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const made = new RegExp(`^${source}$`, `s${flags}`);
  compiled.set(key, made);
  return made;
}

/** `*` stands for any text and `?` for one character. */
export const matchesText = (pattern: string, text: string): boolean => compile(pattern, '').test(text);

/** Names of actions are the same in capitals and in small letters. */
export const matchesAction = (pattern: string, action: string): boolean => compile(pattern, 'i').test(action);

/** The first five parts of an ARN are matched one by one, so that no `*` reaches over a colon; the rest as one text. */
export function matchesArn(pattern: string, arn: string): boolean {
  if (pattern === '*') return true;
  const [wanted, given] = [splitArn(pattern), splitArn(arn)];
  return wanted.length === given.length && wanted.every((part, index) => matchesText(part, given[index] ?? ''));
}

function splitArn(arn: string): readonly string[] {
  const parts = arn.split(':');
  return parts.length < 6 ? [arn] : [...parts.slice(0, 5), parts.slice(5).join(':')];
}
