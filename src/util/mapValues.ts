/** The entries of a record that `keeps` says to keep. */
export const entriesWhere = <Value>(
  record: Readonly<Record<string, Value>>,
  keeps: (value: Value, name: string) => boolean,
): Record<string, Value> =>
  Object.fromEntries(Object.entries(record).filter(([name, value]) => keeps(value, name)))

/** A record with the same names, and of each value what `map` makes of it. */
export const mapValues = <Name extends string, Value, Mapped>(
  record: Readonly<Record<Name, Value>>,
  map: (value: Value, name: Name) => Mapped,
): Record<Name, Mapped> =>
  Object.fromEntries(
    Object.entries<Value>(record).map(([name, value]) => [name, map(value, name as Name)]),
  ) as Record<Name, Mapped>
