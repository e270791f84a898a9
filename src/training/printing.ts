// How consoles of Node, Deno and Bun print what is made of Keras's classes: `LSTM { name: 'lstm', units: 3 }`, `Adam { learningRate: 0.001 }`.
// Pages have no use for it, and bundlers leave it out.

import { NamedLayer } from '../layers/namedLayer.ts'
import { DrawnVariable } from '../layers/weights/variable.ts'
import { LossOfKeras } from './losses/calledLoss.ts'
import { MetricOfKeras } from './metrics/standing.ts'
import { Optimizer } from './optimizer.ts'

type Inspect = (value: unknown, options: unknown) => string

/** What consoles show of an object: the name of its class, and its options. */
interface Shown {
  readonly className: string
  readonly options: object
}

function print<Made>(classOf: { readonly prototype: Made }, show: (made: Made) => Shown): void {
  Object.defineProperty(classOf.prototype, Symbol.for('nodejs.util.inspect.custom'), {
    value(this: Made, _depth: number, printing: unknown, inspect: Inspect): string {
      const { className, options } = show(this)
      return `${className} ${inspect(options, printing)}`
    },
  })
}

/** Options that are null are those that nothing was given for. */
const given = ({ className, config }: Pick<Optimizer, 'className' | 'config'>): Shown => ({
  className,
  options: Object.fromEntries(Object.entries(config).filter(([, value]) => value !== null)),
})

print(NamedLayer, ({ className, name, given }) => ({ className, options: { name, ...given } }))
print(Optimizer, given)
print(LossOfKeras, given)
print(MetricOfKeras, given)
// The name of its type for users.
Object.defineProperty(DrawnVariable, 'name', { value: 'Weight' })
