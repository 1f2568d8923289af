import { describe, expect, it } from 'vitest';
import { EngineError } from '../../../lib/local/engines/index.ts';
import { explainPortInUse, planPorts } from '../../../lib/local/stack/ports.ts';

describe('the ports of a stack', () => {
  it('follow the one of the API, with one left for a console', () => {
    expect(planPorts(4100)).toEqual({ api: 4100, dynamodb: 4102, sqs: 4103, s3: 4104 });
  });

  it('are free ones for 0', () => {
    expect(planPorts(0)).toEqual({ api: 0, dynamodb: 0, sqs: 0, s3: 0 });
  });
});

describe('a port in use', () => {
  it('is explained by what wanted it and what to do', () => {
    const error = new EngineError('DynamoDB engine', 'port-in-use', 'port 4102 is in use', 4102);

    expect(explainPortInUse(error, planPorts(4100))).toMatchObject({
      code: 'port-in-use',
      cause: error,
      message: expect.stringMatching(/^Port 4102 \(DynamoDB\) is in use\. .*--port N takes N to N\+4.*--port 0/),
    });
  });

  it('leaves other errors alone', () => {
    const error = new EngineError('DynamoDB engine', 'failed', 'no');

    expect(explainPortInUse(error, planPorts(4100))).toBe(error);
    expect(explainPortInUse('text', planPorts(4100))).toBe('text');
  });
});
