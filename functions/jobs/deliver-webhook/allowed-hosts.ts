/** Whether a host is on the list: `example.com` names itself, `*.example.com` everything below it but not itself. */
export function isAllowedHost(host: string, allowedHosts: readonly string[]): boolean {
  const name = normalize(host);
  return allowedHosts
    .map(normalize)
    .some((entry) => (entry.startsWith('*.') ? name.endsWith(entry.slice(1)) : name === entry));
}

/** A name with a dot at its end is the same name; an IPv6 address has brackets in a URL and none elsewhere. */
function normalize(host: string): string {
  return host
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^\[(.*)\]$/, '$1');
}
