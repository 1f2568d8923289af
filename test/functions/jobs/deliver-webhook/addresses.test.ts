import { describe, expect, it } from 'vitest';
import { isAllowedHost } from '../../../../functions/jobs/deliver-webhook/allowed-hosts.ts';
import { createAddressRule } from '../../../../functions/jobs/deliver-webhook/public-addresses.ts';

describe('addresses without an allowance', () => {
  const isAllowed = createAddressRule([]);

  it.each(['1.1.1.1', '8.8.8.8', '93.184.216.34', '172.15.0.1', '172.32.0.1', '100.128.0.1', '223.255.255.255'])(
    'are %s: public',
    (address) => expect(isAllowed(address)).toBe(true),
  );

  it.each(['2606:4700:4700::1111', '2a00:1450:4001:830::200e', '2001:4860:4860::8888'])('are %s: public', (address) =>
    expect(isAllowed(address)).toBe(true),
  );

  it.each<[string, readonly string[]]>([
    ['unspecified', ['0.0.0.0', '0.1.2.3', '::']],
    ['loopback', ['127.0.0.1', '127.255.255.254', '::1']],
    ['private', ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1']],
    ['shared by carriers', ['100.64.0.1', '100.127.255.255', '100.100.100.200']],
    ['link-local', ['169.254.0.1', 'fe80::1', 'fe80::1%eth0', 'febf::1']],
    ['unique local', ['fc00::1', 'fd00:ec2::254', 'fdff::1']],
    ['site-local', ['fec0::1']],
    ['multicast', ['224.0.0.1', '239.255.255.255', 'ff02::1']],
    ['broadcast and reserved', ['255.255.255.255', '240.0.0.1']],
    ['documentation', ['192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff::1']],
    ['benchmarks', ['198.18.0.1', '198.19.255.255']],
    ['metadata of clouds', ['169.254.169.254', '168.63.129.16', '192.0.0.192']],
    ['an IPv4 address in IPv6', ['::ffff:8.8.8.8', '::ffff:127.0.0.1', '::127.0.0.1', '::ffff:0:127.0.0.1']],
    ['behind NAT64', ['64:ff9b::8.8.8.8', '64:ff9b::7f00:1', '64:ff9b:1::1']],
    ['behind 6to4 or Teredo', ['2002:7f00:1::', '2002:808:808::1', '2001:0:4136:e378::1', '192.88.99.1']],
    ['not an address', ['', 'localhost', '127.1', '1.2.3', '0x7f000001', '1.2.3.4.5', '::g', '%eth0']],
  ])('fail: %s', (_, addresses) => {
    expect(addresses.filter(isAllowed)).toEqual([]);
  });
});

describe('addresses with an allowance', () => {
  const isAllowed = createAddressRule(['10.1.0.0/16', '127.0.0.1/32', 'fd12::/16']);

  it.each(['10.1.2.3', '127.0.0.1', 'fd12::1', '8.8.8.8'])('are %s', (address) => {
    expect(isAllowed(address)).toBe(true);
  });

  it.each(['10.2.0.1', '127.0.0.2', 'fd13::1', '169.254.169.254', '::1'])('fail: %s', (address) => {
    expect(isAllowed(address)).toBe(false);
  });
});

describe('hosts', () => {
  const list = ['Example.com', '*.example.org', '10.0.0.1', '::1'];

  it.each(['example.com', 'EXAMPLE.COM', 'example.com.', 'a.example.org', 'a.b.example.org', '10.0.0.1', '[::1]'])(
    'are on the list: %s',
    (host) => expect(isAllowedHost(host, list)).toBe(true),
  );

  it.each(['a.example.com', 'example.org', 'notexample.org', 'evilexample.com', 'example.com.evil.test', '', '.'])(
    'fail: %s',
    (host) => expect(isAllowedHost(host, list)).toBe(false),
  );
});
