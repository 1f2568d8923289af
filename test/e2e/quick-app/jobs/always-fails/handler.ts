import { alwaysFails } from './definition.ts';

export const handler = alwaysFails.handle((_input, { attempt }) => {
  throw new RangeError(`no luck in attempt ${attempt}`);
});
