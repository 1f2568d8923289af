import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { findWebPage, keepOutWebPages } from '../../../lib/local/http/web-pages.ts';

const HOST = '127.0.0.1:4102';

const find = (headers: Readonly<Record<string, string>>): string | undefined => findWebPage((name) => headers[name]);

describe('a request', () => {
  it.each([HOST, 'localhost', 'localhost:4102', 'LOCALHOST:1', '[::1]:4102', '127.9.9.9', 'bucket.localhost:4104'])(
    'is of a program of this machine when its host is %s',
    (host) => {
      expect(find({ host })).toBeUndefined();
    },
  );

  it.each([
    { host: HOST, origin: `http://${HOST}` },
    { host: 'localhost:4101', origin: 'http://LOCALHOST:4101', 'sec-fetch-site': 'same-origin' },
    { host: HOST, 'sec-fetch-site': 'none' },
  ])('may come from a page of the server itself, or from a person: %j', (headers) => {
    expect(find(headers)).toBeUndefined();
  });
});

describe('a web page is kept out', () => {
  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['a name for this machine that a page has made up', { host: 'evil.example:4102' }, 'its Host "evil.example:4102"'],
    ['an address that begins like this machine', { host: '127.0.0.1.evil.example' }, 'its Host'],
    ['a name that ends like this machine', { host: 'xlocalhost' }, 'its Host'],
    ['the address of another machine', { host: '192.168.0.1:4102' }, 'its Host'],
    ['all addresses', { host: '0.0.0.0:4102' }, 'its Host'],
    ['a host with a user', { host: 'localhost@evil.example' }, 'its Host'],
    ['no host', {}, 'its Host ""'],
    ['another origin', { host: HOST, origin: 'https://evil.example' }, '"https://evil.example"'],
    ['the origin of another port', { host: HOST, origin: 'http://127.0.0.1:3000' }, '"http://127.0.0.1:3000"'],
    ['its own host by another scheme', { host: HOST, origin: `https://${HOST}` }, '"https://'],
    ['no origin in particular', { host: HOST, origin: 'null' }, '"null"'],
    ['an empty origin', { host: HOST, origin: '' }, '""'],
    ['another site', { host: HOST, 'sec-fetch-site': 'cross-site' }, 'another site'],
    ['another port of the same site', { host: HOST, 'sec-fetch-site': 'same-site' }, 'another site'],
    ['what no browser says', { host: HOST, 'sec-fetch-site': 'constructor' }, 'another site'],
  ])('fails for %s', (_, headers, reason) => {
    expect(find(headers)).toContain(reason);
  });
});

describe('a server', () => {
  let close = (): void => {};
  afterEach(() => close());

  it('answers web pages with 403 and the reason, everyone else as before', async () => {
    const seen: unknown[] = [];
    const server = createServer((request, response) => {
      seen.push(request.url);
      response.end('ok');
    });
    keepOutWebPages(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    close = () => {
      server.close();
      server.closeAllConnections();
    };
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await (await fetch(`${url}/a`)).text()).toBe('ok');
    const body = 'x'.repeat(1_000_000);
    const refused = await fetch(`${url}/b`, { method: 'POST', headers: { origin: 'https://evil.example' }, body });
    expect([refused.status, await refused.json()]).toEqual([
      403,
      { message: 'Refused: it comes from a web page of "https://evil.example". This is for programs on this machine.' },
    ]);
    expect(seen).toEqual(['/a']);
  });
});
