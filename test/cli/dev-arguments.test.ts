import { describe, expect, it } from 'vitest';
import { parseDevArguments } from '../../lib/cli/dev-arguments.ts';
import { UsageError } from '../../lib/cli/errors.ts';

describe('the arguments of dev', () => {
  it('have defaults', () => {
    expect(parseDevArguments([])).toEqual({ help: false, port: 4100, data: '.local', json: false });
  });

  it('say where to listen, where to keep data and how to answer', () => {
    expect(parseDevArguments(['--port', '5000', '--data=elsewhere', '--json'])).toEqual({
      help: false,
      port: 5000,
      data: 'elsewhere',
      json: true,
    });
    expect(parseDevArguments(['--port', '0', '--memory'])).toEqual({
      help: false,
      port: 0,
      data: undefined,
      json: false,
    });
  });

  it('may follow a separator, as npm passes it on', () => {
    expect(parseDevArguments(['--', '--json'])).toMatchObject({ json: true });
  });

  it.each(['--help', '-h'])('ask for help: %s', (flag) => {
    expect(parseDevArguments([flag])).toEqual({ help: true });
  });

  it.each([
    [['--colour'], /Unknown option '--colour'/],
    [['extra'], /Unexpected argument 'extra'/],
    [['--port'], /--port <value>' argument missing/],
    [['--port', 'http'], /whole number from 0 to 65531, got "http"/],
    [['--port', ''], /got ""/],
    [['--port', '-1'], /--port/],
    [['--port', '65532'], /got "65532"/],
    [['--port', '80.5'], /got "80.5"/],
    [['--port', '1e3'], /got "1e3"/],
    [['--port', '0x10'], /got "0x10"/],
    [['--port', ' 80'], /got " 80"/],
    [['--data', ''], /directory after --data/],
    [['--data', 'x', '--memory'], /one of them/],
  ])('fails on %j', (args, message) => {
    expect(() => parseDevArguments(args)).toThrow(UsageError);
    expect(() => parseDevArguments(args)).toThrow(message);
  });
});
