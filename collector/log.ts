/** What a room needs of a logger; pino, which comes with Fastify, is one. Never give it a token or a body. */
export interface Log {
  info(about: object, message: string): void;
  warn(about: object, message: string): void;
  error(about: object, message: string): void;
}
