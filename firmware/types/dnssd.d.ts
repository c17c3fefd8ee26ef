/** DNS-SD of the SDK's `modules/io/dnssd`. */
declare module 'embedded:network/dnssd' {
  import type UDP from 'embedded:io/socket/udp';
  export interface ServiceObject {
    name: string;
    host: string;
    address: string;
    port: number;
    txt?: Map<string, string | undefined>;
  }
  export default class DNSSD {
    constructor(options: { socket: { io: typeof UDP } });
    discover(options: {
      serviceType: string;
      onFound: (service: ServiceObject) => void;
      onUpdate: (service: ServiceObject) => void;
    }): unknown;
    close(): void;
  }
}
