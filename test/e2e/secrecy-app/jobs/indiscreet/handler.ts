import { type JobContext, PermanentError, RetryLater } from 'async-endpoints';
import { type HOWS, indiscreet } from './definition.ts';

const WAYS: Readonly<Record<(typeof HOWS)[number], (text: string, context: JobContext) => unknown>> = {
  return: (text) => text,
  'return another shape': (text) => [text],
  'return what is no JSON': (text) => ({ text, huge: 1n }),
  'return the credentials': () => ({
    secretAccessKey: process.env['AWS_SECRET_ACCESS_KEY'],
    sessionToken: process.env['AWS_SESSION_TOKEN'],
  }),
  'report progress': async (text, { progress }) => {
    await progress({ text });
    return text;
  },
  throw: (text) => {
    throw Object.assign(new RangeError(`${text}\n    at ${text}`), { text });
  },
  'throw with a cause': (text) => {
    throw new Error(text, { cause: new Error(text) });
  },
  'throw a text': (text) => {
    throw text;
  },
  'throw for good': (text) => {
    throw new PermanentError(text);
  },
  'throw for later': (text) => {
    throw new RetryLater(text, { delaySeconds: 0.1 });
  },
  parse: (text) => JSON.parse(text),
  log: (text, { logger }) => {
    logger.info(text);
    return text;
  },
};

export const handler = indiscreet.handle((input, context) => WAYS[input.how](input.text, context) as string);
