// How consoles of Node, Deno and Bun print layers: `LSTM { name: 'lstm', units: 3 }`. Pages have no use for it, and bundlers leave it out.

import { NamedLayer } from './namedLayer.ts'

type Inspect = (value: unknown, options: unknown) => string

Object.defineProperty(NamedLayer.prototype, Symbol.for('nodejs.util.inspect.custom'), {
  value(this: NamedLayer, _depth: number, options: unknown, inspect: Inspect): string {
    return `${this.className} ${inspect({ name: this.name, ...this.given }, options)}`
  },
})
