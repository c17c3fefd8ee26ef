/** ECMA-419 Wi-Fi of the SDK's `modules/io/wifi`. */
declare module 'embedded:network/interface/wifi' {
  export default class WiFi {
    constructor(options: { onChanged?: (this: WiFi, property: 'connection' | 'address') => void });
    close(): void;
    /** @throws where it is connecting already */
    connect(options: { SSID: string; password?: string }): void;
    disconnect(): void;
    /** 200 off, 300 connecting, 400 associated, 500 has an address */
    readonly connection: number;
    readonly address: string | undefined;
    readonly MAC: string | undefined;
    /** dBm */
    readonly RSSI: number | undefined;
  }
}
