/** ECMA-419's Wi-Fi of the SDK: reports what it likes, throws while it is connecting. */
export default class WiFi {
  static made = 0;
  static newest: WiFi;
  connection = 200;
  RSSI: number | undefined;
  readonly calls: unknown[] = [];
  readonly #onChanged: (this: WiFi) => void;

  constructor({ onChanged }: { onChanged: (this: WiFi) => void }) {
    WiFi.made++;
    WiFi.newest = this;
    this.#onChanged = onChanged;
  }

  connect(options: object): void {
    if (this.connection === 300) throw new Error('connecting');
    this.calls.push(options);
  }

  disconnect(): void {
    this.calls.push('disconnect');
  }

  becomes(connection: number): void {
    this.connection = connection;
    this.#onChanged();
  }
}
