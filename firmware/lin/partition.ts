/** Stands in for ECMA-419's flash partitions, of which only the name is passed on. */
export default Object.freeze({ open: (options: { path: string }): { path: string } => options });
