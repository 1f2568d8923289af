import { createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CERTIFICATE } from './certificate.ts';
import { answerInTurn, findClosedPort, listen, startReceiver } from './receiver.ts';
import { errorOf, setup } from './setup.ts';

/** A server that knows no HTTP: it says something once it has heard something, then cuts the connection. */
async function startRude(says: string): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      if (says === '') socket.resetAndDestroy();
      else socket.write(says, () => socket.resetAndDestroy());
    });
  });
  onTestFinished(() => {
    server.close();
  });
  return await listen(server);
}

/** A server that says something to whoever speaks, and keeps the connection. */
async function startSilent(speak: (socket: Socket) => unknown): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    socket.once('data', () => speak(socket));
  });
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return await listen(server);
}

const forNow = (message: string | RegExp) => ({ code: 'delivery-failed', message: expect.stringMatching(message) });
const forGood = (message: string | RegExp) => ({ code: 'permanent', message: expect.stringMatching(message) });

describe('a receiver', () => {
  it('fails a webhook for now where nobody listens', async () => {
    const port = await findClosedPort();
    const error = await errorOf(setup().deliver({ url: `http://receiver.test:${port}` }));
    expect(error).toMatchObject(forNow(/could not be reached: .*ECONNREFUSED/));
  });

  it('fails a webhook for now at every address that it has', async () => {
    const port = await findClosedPort();
    const { deliver } = setup({
      addresses: [['127.0.0.1', '127.0.0.2']],
      config: { allowedAddresses: ['127.0.0.0/8'] },
    });
    const error = await errorOf(deliver({ url: `http://receiver.test:${port}` }));
    expect(error).toMatchObject(forNow(/127\.0\.0\.1.*; .*127\.0\.0\.2/));
  });

  it('fails a webhook for now when its name is not known', async () => {
    const resolveName = async () => {
      throw Object.assign(new Error('getaddrinfo ENOTFOUND receiver.test'), { code: 'ENOTFOUND' });
    };
    const error = await errorOf(setup({ resolveName }).deliver({ url: 'http://receiver.test' }));
    expect(error).toMatchObject(forNow(/could not be reached: .*ENOTFOUND/));
  });

  it.each(['', 'HTTP/1.1 2', 'what?\r\n\r\n'])('fails a webhook for now when it says %j and is gone', async (says) => {
    const port = await startRude(says);
    const error = await errorOf(setup().deliver({ url: `http://receiver.test:${port}` }));
    expect(error).toMatchObject(forNow(/could not be reached/));
  });

  it('fails a webhook for now when it wants to speak something else than HTTP', async () => {
    const port = await startSilent((socket) =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n'),
    );
    const error = await errorOf(setup().deliver({ url: `http://receiver.test:${port}` }));
    expect(error).toMatchObject(forNow(/could not be reached/));
  });

  it.each(['http', 'https'])(
    'fails a webhook for now when it takes a connection and is silent (%s)',
    async (protocol) => {
      const port = await startSilent(() => {});
      const error = await errorOf(
        setup({ requestTimeoutMs: 50 }).deliver({ url: `${protocol}://receiver.test:${port}` }),
      );
      expect(error).toMatchObject(forNow(/did not answer within 50 ms/));
    },
  );

  it('fails a webhook for now when it only promises an answer', async () => {
    const port = await startSilent((socket) => socket.write('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 199 Wait\r\n\r\n'));
    const error = await errorOf(setup({ requestTimeoutMs: 50 }).deliver({ url: `http://receiver.test:${port}` }));
    expect(error).toMatchObject(forNow(/did not answer within 50 ms/));
  });

  it('fails a webhook for now when nobody says where it is', async () => {
    const { deliver } = setup({ requestTimeoutMs: 50, resolveName: () => new Promise(() => {}) });
    expect(await errorOf(deliver({ url: 'https://receiver.test' }))).toMatchObject(
      forNow(/did not answer within 50 ms/),
    );
  });

  it('fails a webhook for now when its name has no address', async () => {
    const error = await errorOf(setup({ addresses: [[]] }).deliver({ url: 'https://receiver.test' }));
    expect(error).toMatchObject(forNow(/has no address/));
  });

  it('has accepted a webhook when it says so, although the connection breaks right after', async () => {
    const port = await startRude('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nthe beginning');
    await expect(setup().deliver({ url: `http://receiver.test:${port}` })).resolves.toMatchObject({ status: 200 });
  });

  it('has accepted a webhook although its body is without end', async () => {
    const receiver = await startReceiver((response) => {
      const fill = (): void => {
        while (response.write('x'.repeat(65_536)));
      };
      response.on('drain', fill);
      response.writeHead(200);
      fill();
    });
    await expect(setup().deliver({ url: `http://receiver.test:${receiver.port}` })).resolves.toMatchObject({
      status: 200,
    });
  });

  it('has refused a webhook although its body never ends', async () => {
    const receiver = await startReceiver((response) => {
      response.writeHead(410).write('gone for ');
    });
    const error = await errorOf(setup().deliver({ url: `http://receiver.test:${receiver.port}` }));
    expect(error).toMatchObject(forGood(/answered 410: gone for$/));
  });

  it('gets every webhook on a connection of its own', async () => {
    const receiver = await startReceiver((response) => {
      response.writeHead(200, { connection: 'keep-alive' }).end();
    });
    const { deliver } = setup();
    await deliver({ url: `http://receiver.test:${receiver.port}` });
    await deliver({ url: `http://receiver.test:${receiver.port}` });
    expect(receiver.connections()).toBe(2);
  });
});

describe('a receiver with TLS', () => {
  it('gets a webhook when its certificate is trusted', async () => {
    const receiver = await startReceiver(answerInTurn(204), CERTIFICATE);
    const { deliver } = setup({ ca: CERTIFICATE.cert, config: { allowHttp: false } });
    await expect(deliver({ url: `https://receiver.test:${receiver.port}` })).resolves.toMatchObject({ status: 204 });
  });

  it('gets nothing and fails a webhook for now when nobody vouches for it', async () => {
    const receiver = await startReceiver(answerInTurn(200), CERTIFICATE);
    const error = await errorOf(setup().deliver({ url: `https://receiver.test:${receiver.port}` }));
    expect(error).toMatchObject(forNow(/self-signed certificate/));
    expect(receiver.received).toEqual([]);
  });

  it('gets nothing when its certificate is for another name', async () => {
    const receiver = await startReceiver(answerInTurn(200), CERTIFICATE);
    const { deliver } = setup({ ca: CERTIFICATE.cert, config: { allowedHosts: ['other.test'] } });
    const error = await errorOf(deliver({ url: `https://other.test:${receiver.port}` }));
    expect(error).toMatchObject(forNow(/does not match certificate/));
    expect(receiver.received).toEqual([]);
  });
});

describe('an address that is not public', () => {
  it.each(['http', 'https'])('gets no connection by a name that leads to it (%s)', async (protocol) => {
    const receiver = await startReceiver(answerInTurn(200));
    const { deliver } = setup({ config: { allowedAddresses: [] } });
    const error = await errorOf(deliver({ url: `${protocol}://receiver.test:${receiver.port}` }));
    expect(error).toMatchObject(
      forGood(/receiver\.test is at 127\.0\.0\.1, not a public address.*webhooks\.allowedAddresses/),
    );
    expect(receiver.connections()).toBe(0);
  });

  it('gets no connection by a name that this machine itself resolves', async () => {
    const receiver = await startReceiver(answerInTurn(200));
    const { resolveByDns } = await import('../../../../functions/jobs/deliver-webhook/guarded-socket.ts');
    const { deliver } = setup({
      config: { allowedAddresses: [], allowedHosts: ['localhost'] },
      resolveName: resolveByDns,
    });
    expect(await errorOf(deliver({ url: `http://localhost:${receiver.port}` }))).toMatchObject(
      forGood(/not a public address/),
    );
    expect(receiver.connections()).toBe(0);
  });

  it.each([
    '127.0.0.1',
    '0x7f.1',
    '2130706433',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '169.254.169.254',
    '[fd00:ec2::254]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
  ])('gets no connection when it is written out as %s', async (host) => {
    const url = new URL(`http://${host}/`);
    const { deliver, lookUps } = setup({ config: { allowedAddresses: [], allowedHosts: [url.hostname] } });
    expect(await errorOf(deliver({ url: url.href }))).toMatchObject(forGood(/is not a public address/));
    expect(lookUps).toEqual([]);
  });

  it('gets no connection when it hides behind one that may have it', async () => {
    const receiver = await startReceiver(answerInTurn(200));
    const { deliver } = setup({ addresses: [['10.1.2.3', '127.0.0.1', '::1', 'fe80::1%lo']] });
    await expect(deliver({ url: `http://receiver.test:${receiver.port}` })).resolves.toMatchObject({ status: 200 });
  });

  it('gets no connection when the name leads to it a moment later: it is looked up once', async () => {
    const receiver = await startReceiver(answerInTurn(200));
    const { deliver, lookUps } = setup({ addresses: [['127.0.0.1'], ['10.1.2.3']] });

    await deliver({ url: `http://receiver.test:${receiver.port}` });
    expect(lookUps).toEqual(['receiver.test']);
    expect(await errorOf(deliver({ url: `http://receiver.test:${receiver.port}` }))).toMatchObject(
      forGood(/10\.1\.2\.3/),
    );
    expect(receiver.connections()).toBe(1);
  });

  it('gets no byte although the connection was made to another address than was looked up', async () => {
    const receiver = await startReceiver(answerInTurn(200));
    const { openGuardedSocket } = await import('../../../../functions/jobs/deliver-webhook/guarded-socket.ts');
    let looks = 0;
    const socket = openGuardedSocket(new URL(`http://receiver.test:${receiver.port}`), {
      resolveName: async () => [{ address: '127.0.0.1', family: 4 }],
      // Allowed at the look-up, refused at the connection: as if the two were not the same.
      isAllowedAddress: () => {
        looks += 1;
        return looks === 1;
      },
    });
    socket.write('POST / HTTP/1.1\r\nHost: receiver.test\r\nContent-Length: 0\r\n\r\n');
    const error = await new Promise((resolve) => socket.once('error', resolve));
    expect(error).toMatchObject({ code: 'address-refused', message: expect.stringContaining('127.0.0.1') });
    expect(receiver.received).toEqual([]);
  });

  it('gets a connection once its block is allowed', async () => {
    const receiver = await startReceiver(answerInTurn(200));
    const { deliver } = setup({ config: { allowedHosts: ['127.0.0.1'], allowedAddresses: ['127.0.0.0/8'] } });
    await expect(deliver({ url: `http://127.0.0.1:${receiver.port}` })).resolves.toMatchObject({ status: 200 });
  });
});
