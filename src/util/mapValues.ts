/** A record with the same names, and of each value what `map` makes of it. */
export const mapValues = <Name extends string, Value, Mapped>(
  record: Readonly<Record<Name, Value>>,
  map: (value: Value, name: Name) => Mapped,
): Record<Name, Mapped> =>
  Object.fromEntries(
    Object.entries<Value>(record).map(([name, value]) => [name, map(value, name as Name)]),
  ) as Record<Name, Mapped>
