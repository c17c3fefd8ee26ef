/**
 * XS: the function of that name in C. A function that does nothing but return `native('…').call(this, …)` with its own
 * parameters, each once and in order, is compiled to the C function itself.
 */
declare function native(name: string): (...given: any[]) => any;
