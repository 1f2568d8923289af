import type { Server, ServerResponse } from 'node:http';

/** `127.0.0.1:4100`, `[::1]`, `localhost`, `bucket.localhost`: names that nobody can make mean this machine but the machine itself. */
const OWN_HOST = /^(?:127(?:\.\d{1,3}){3}|\[::1\]|(?:[\w-]+\.)*localhost)(?::\d{1,5})?$/i;

/** What browsers say of a request that a page of the same server made, or a person by typing its address. */
const OWN_SITES: readonly string[] = ['same-origin', 'none'];

/**
 * Why a request may be the doing of a web page that somebody at this machine looks at, and no program of theirs; undefined if it is
 * not. Whatever listens here is out of reach for other machines, but not for a browser that runs on this one: a page can send
 * requests here (cross-site), and can give this machine's address a name of its own (DNS rebinding). Programs send neither
 * `Origin` nor `Sec-Fetch-Site`, and browsers let no page leave them out or change them.
 *
 * @param header The value of a header by its name in small letters.
 */
export function findWebPage(header: (name: string) => string | undefined): string | undefined {
  const host = header('host') ?? '';
  if (!OWN_HOST.test(host)) {
    return `its Host ${JSON.stringify(host)} is no name of this machine`;
  }
  const origin = header('origin');
  if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) {
    return `it comes from a web page of ${JSON.stringify(origin)}`;
  }
  const site = header('sec-fetch-site');
  return site === undefined || OWN_SITES.includes(site) ? undefined : `it comes from a web page of another site`;
}

/** Has a server answer web pages with 403 and the reason, before it looks at anything else. Call it once its listeners are there. */
export function keepOutWebPages<Listening extends Server>(server: Listening): Listening {
  const listeners = server.listeners('request') as ((...args: readonly unknown[]) => void)[];
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    const reason = findWebPage((name) => toText(request.headers[name]));
    if (reason === undefined) {
      for (const listener of listeners) {
        listener.call(server, request, response);
      }
    } else {
      request.resume();
      refuse(response, reason);
    }
  });
  return server;
}

function toText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(',') : value;
}

function refuse(response: ServerResponse, reason: string): void {
  const message = `Refused: ${reason}. This is for programs on this machine.`;
  response.writeHead(403, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify({ message }));
}
