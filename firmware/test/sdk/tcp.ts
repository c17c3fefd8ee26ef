/** ECMA-419's TCP, with what was written. */
interface Options {
  onReadable: (count: number) => void;
  onWritable: (count: number) => void;
  onError: () => void;
}

export default class TCP {
  static newest: TCP;
  readonly written: number[] = [];
  readonly options: Options;

  constructor(options: Options) {
    this.options = options;
    TCP.newest = this;
  }

  write(bytes: Uint8Array): number {
    this.written.push(bytes[0]!);
    return 1000;
  }
}
