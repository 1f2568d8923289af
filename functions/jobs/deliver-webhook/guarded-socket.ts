import { lookup as lookUp } from 'node:dns/promises';
import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { AddressRefusedError } from './errors.ts';
import type { IsAllowedAddress } from './public-addresses.ts';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** All addresses of a name. */
export type ResolveName = (hostname: string) => Promise<readonly ResolvedAddress[]>;

export const resolveByDns: ResolveName = (hostname) => lookUp(hostname, { all: true });

export interface GuardedSocketOptions {
  readonly isAllowedAddress: IsAllowedAddress;
  readonly resolveName: ResolveName;
  /** Whom to trust instead of the certificate authorities that Node knows. */
  readonly ca?: ConnectionOptions['ca'];
}

/**
 * Opens a connection of its own to an allowed address, and to no other: addresses are checked in the very look-up that the
 * connection is made with, so that a name cannot have another address by then, and once more on the connection, before a
 * byte is sent. Emits {@link AddressRefusedError} otherwise.
 */
export function openGuardedSocket(url: URL, options: GuardedSocketOptions): Socket {
  const { isAllowedAddress, ca } = options;
  const isTls = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const isLiteral = isIP(host) !== 0;
  // A literal address is connected to without a look-up.
  if (isLiteral && !isAllowedAddress(host)) throw refusal(host, []);

  const target = {
    host,
    port: url.port === '' ? (isTls ? 443 : 80) : Number(url.port),
    lookup: createGuardedLookup(options),
    autoSelectFamily: true,
  };
  const socket = isTls
    ? connectTls({
        ...target,
        servername: isLiteral ? '' : host.replace(/\.$/, ''),
        ALPNProtocols: ['http/1.1'],
        rejectUnauthorized: true,
        ...(ca === undefined ? {} : { ca }),
      })
    : connectTcp(target);
  socket.prependOnceListener('connect', () => {
    const { remoteAddress = '' } = socket;
    if (!isAllowedAddress(remoteAddress)) socket.destroy(refusal(host, [remoteAddress]));
  });
  return socket;
}

function createGuardedLookup({ isAllowedAddress, resolveName }: GuardedSocketOptions): LookupFunction {
  return (hostname, { all }, callback) => {
    resolveName(hostname).then(
      (addresses) => {
        const allowed = addresses.filter(({ address }) => isAllowedAddress(address));
        const [first] = allowed;
        if (addresses.length === 0) {
          callback(new Error(`${hostname} has no address`), '', 0);
        } else if (first === undefined) {
          callback(
            refusal(
              hostname,
              addresses.map(({ address }) => address),
            ),
            '',
            0,
          );
        } else if (all === true) {
          callback(null, [...allowed]);
        } else {
          callback(null, first.address, first.family);
        }
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    );
  };
}

function refusal(host: string, addresses: readonly string[]): AddressRefusedError {
  const where = addresses.length === 0 ? 'is' : `is at ${addresses.slice(0, 3).join(', ')},`;
  return new AddressRefusedError(
    `${host} ${where} not a public address, and webhooks reach only those. The prop webhooks.allowedAddresses allows others, block by block.`,
  );
}
