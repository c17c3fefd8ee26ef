/** How names are resolved: ECMA-419's clients take this with their options. */
import UDP from 'embedded:io/socket/udp';
import Resolver from 'embedded:network/dns/resolver/udp';
import Net from 'net';

/** For where DHCP names no server: without any the SDK's resolver asks nobody, for ever. */
const ELSE: readonly string[] = Object.freeze(['1.1.1.1']);

/** Names are asked of the servers that DHCP gave, `.local` of the neighbours, numbers of nobody. */
export function dns(): { io: typeof Resolver; servers: string[]; socket: { io: typeof UDP } } {
  const servers = Net.get('DNS') ?? [];
  return { io: Resolver, servers: servers.length > 0 ? servers : [...ELSE], socket: { io: UDP } };
}
