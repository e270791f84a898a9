// The player of an ejected model: its plans on a backend, and the data that go through them.

import type { Backend, DeviceBuffer, Executable } from '../backends/backend.ts'
import { SlotPool } from '../backends/slotPool.ts'
import { MAX_STEPS } from '../backends/steps.ts'
import { describeValue, fail, RecurraError } from '../errors.ts'
import { DatasetBuffers, inOrder } from '../models/data/dataset.ts'
import { sizeOf } from '../util/shape.ts'
import { Tensor } from '../util/tensor.ts'
import { type CpuCode, createCpu, type LoadOptions, openBackend } from './device.ts'
import type { EjectedModel, EjectedPlan } from './ejectedModel.ts'
import { readFields } from './inputs.ts'
import { planOf, weightsOf } from './plans.ts'

/** Bytes of samples that lie on the device at once; more go in parts. */
const PART_BYTES = 2 ** 26
/** Steps without training are numbered from here, as model.predict numbers them. */
const FIRST_PASS = 2 ** 31

interface LoadedPlan {
  readonly batch: number
  readonly executable: Executable
}

/** The memory and plans of a model on a backend. */
class Device {
  readonly backend: Backend
  readonly plans: readonly LoadedPlan[]
  readonly data: DatasetBuffers
  readonly #arenas: ReadonlyMap<string, DeviceBuffer>

  private constructor(
    backend: Backend,
    arenas: ReadonlyMap<string, DeviceBuffer>,
    plans: readonly LoadedPlan[],
    totals: number,
  ) {
    this.backend = backend
    this.#arenas = arenas
    this.plans = plans
    this.data = new DatasetBuffers(backend, totals)
  }

  static async open(model: EjectedModel, backend: Backend): Promise<Device> {
    const arenas = new Map(
      Object.entries(model.arenas).map(([name, floats]) => [name, backend.createBuffer(name, 4 * floats)]),
    )
    const weights = weightsOf(model)
    let at = 0
    for (const [arena, offset, length] of model.places) {
      backend.write(arenas.get(arena) as DeviceBuffer, 4 * offset, weights.subarray(at, at + length))
      at += length
    }
    for (const buffer of arenas.values()) await buffer.accepted()
    const slots = new SlotPool(backend)
    const memory = (name: string): DeviceBuffer => {
      const found = arenas.get(name)
      return found ?? fail(model.name, { expected: 'memory that the file lists', got: describeValue(name) })
    }
    const plans: LoadedPlan[] = []
    for (const plan of model.plans)
      plans.push({ batch: plan.batch, executable: await backend.load(planOf(model, plan), memory, slots) })
    return new Device(backend, arenas, plans, model.totals)
  }

  clear(arena: string): void {
    const buffer = this.#arenas.get(arena)
    if (buffer) this.backend.write(buffer, 0, new Uint32Array(buffer.bytes / 4))
  }

  dispose(): void {
    for (const { executable } of this.plans) executable.dispose()
    for (const buffer of this.#arenas.values()) buffer.destroy()
    this.data.dispose()
    this.backend.dispose()
  }
}

/** An ejected model that is ready to run. */
export class Player {
  readonly #model: EjectedModel
  readonly #code: CpuCode
  readonly #fallsBack: boolean
  #device: Device
  #last: Promise<unknown> = Promise.resolve()
  #passes = 0
  #isDisposed = false

  private constructor(model: EjectedModel, code: CpuCode, device: Device, fallsBack: boolean) {
    this.#model = model
    this.#code = code
    this.#device = device
    // States of a GPU that failed are lost.
    this.#fallsBack = fallsBack && !model.isStateful && device.backend.info.backend === 'webgpu'
  }

  static async load(model: EjectedModel, code: CpuCode, options: LoadOptions = {}): Promise<Player> {
    const { backend, fallsBack } = await openBackend(model.name, options, flopsOf(model), code)
    try {
      return new Player(model, code, await Device.open(model, backend), fallsBack)
    } catch (error) {
      backend.dispose()
      if (!fallsBack || backend.info.backend === 'cpu') throw told(error)
      return new Player(model, code, await Device.open(model, await createCpu(code)), false)
    }
  }

  get name(): string {
    return this.#model.name
  }

  /** Name of each input, the shape of one sample, and whether its numbers must be whole. */
  get inputs(): { readonly name: string; readonly shape: readonly number[]; readonly isInteger: boolean }[] {
    return this.#model.inputs.map(({ name, shape, isInteger }) => ({ name, shape: [...shape], isInteger }))
  }

  /** Name of each output, and the shape of one sample. */
  get outputs(): { readonly name: string; readonly shape: readonly number[] }[] {
    return this.#model.outputs.map(({ name, shape }) => ({ name, shape: [...shape] }))
  }

  /** `'webgpu'` or `'cpu'`: where the model runs now. */
  get backend(): string {
    return this.#device.backend.info.backend
  }

  /** The same for people, with the adapter's name. */
  get description(): string {
    return this.#device.backend.info.description
  }

  /**
   * The outputs for samples: a tensor with `data`, `shape` and `toArray()`, or a list of tensors if the model has several outputs.
   *
   * @param x Nested arrays, or `{ data, shape }` with a typed array; of several inputs a list of these, or an object by name.
   */
  predict(x: unknown): Promise<Tensor | Tensor[]> {
    return this.#inTurn(async () => {
      const { rows, fields } = readFields(this.#model, x)
      this.#checkRows(rows)
      const outputs = await this.#run(rows, fields).catch(async (error: unknown) => {
        if (!this.#fallsBack || this.backend === 'cpu' || isMistake(error)) throw told(error)
        this.#device.dispose()
        this.#device = await Device.open(this.#model, await createCpu(this.#code))
        return this.#run(rows, fields)
      })
      const [first] = outputs
      return first && outputs.length === 1 ? first : outputs
    })
  }

  /** Sets the states of stateful layers to zero. */
  resetStates(): Promise<void> {
    return this.#inTurn(async () => this.#device.clear('states'))
  }

  /** Frees the model's memory. */
  dispose(): void {
    if (this.#isDisposed) return
    this.#isDisposed = true
    this.#device.dispose()
  }

  #inTurn<T>(call: () => Promise<T>): Promise<T> {
    const result = this.#last.then(() => {
      if (this.#isDisposed) fail(this.name, { expected: 'a model in use', got: 'one that was disposed' })
      return call()
    })
    this.#last = result.catch(() => undefined)
    return result
  }

  #checkRows(rows: number): void {
    const least = this.#model.plans.at(-1)?.batch ?? 1
    if (rows % least > 0)
      fail(`${this.name}.predict`, {
        expected: `a multiple of ${least} samples, the batch that the model is fixed to`,
        got: `${rows}`,
      })
  }

  async #run(rows: number, fields: Parameters<DatasetBuffers['upload']>[0]['fields']): Promise<Tensor[]> {
    const { outputs, plans } = this.#model
    const { backend, data } = this.#device
    const check = backend.watch()
    const results = outputs.map(({ shape }) => new Float32Array(rows * sizeOf(shape)))
    const lengths = outputs.map(({ shape }) => sizeOf(shape))
    const floats = Math.max(
      ...lengths,
      fields.reduce((sum, { length }) => sum + length / rows, 0),
    )
    const most = Math.min(PART_BYTES, backend.traits.maxBufferBytes) / 4 / floats
    const whole = plans[0]?.batch ?? 1
    const perPart = Math.max(1, Math.floor(most / whole)) * whole
    for (let first = 0; first < rows; first += perPart) {
      const count = Math.min(perPart, rows - first)
      const cut = fields.map((field) => {
        const width = field.length / rows
        return field.subarray(first * width, (first + count) * width)
      })
      data.upload({ fields: cut })
      data.writeOrder(inOrder(count))
      data.writeTotals(new Uint32Array(this.#model.totals))
      const buffers = lengths.map((length, i) => data.buffer(`results:${i}`, 4 * count * length))
      await this.#steps(count)
      const reads = buffers.map((buffer, i) => backend.read(buffer, 4 * count * (lengths[i] ?? 0)))
      const totals = await data.readTotals()
      for (const [i, bytes] of (await Promise.all(reads)).entries())
        results[i]?.set(new Float32Array(bytes), first * (lengths[i] ?? 0))
      check()
      this.#checkIds(totals, first)
    }
    return outputs.map(({ shape }, i) => new Tensor(results[i] ?? new Float32Array(0), [rows, ...shape]))
  }

  /** Runs so many samples: by the largest plan as long as they are enough for it, then by the next. */
  async #steps(count: number): Promise<void> {
    const { backend, data, plans } = this.#device
    for (const { executable } of plans) data.bindTo(executable)
    let start = 0
    for (const { batch, executable } of plans) {
      const end = count - ((count - start) % batch)
      if (end > start) await executable.accept()
      while (start < end) {
        const steps = Math.min((end - start) / batch, MAX_STEPS)
        const scalars = Array.from({ length: steps }, (_, i) => ({
          start: start + i * batch,
          iteration: FIRST_PASS + this.#passes++,
          reset: Number(start + i === 0),
        }))
        data.writeSteps([executable], scalars)
        for (let i = 0; i < steps; i += executable.stepsAtOnce) {
          await backend.ready()
          executable.run(i, Math.min(executable.stepsAtOnce, steps - i))
        }
        start += steps * batch
      }
    }
  }

  /** Throws if a layer has met an id that it has no row for. */
  #checkIds(totals: Uint32Array, first: number): void {
    const { tables, placeOfReport } = this.#model
    const [number = 0, sample = 0, , isFloat] = totals.subarray(placeOfReport + 1)
    const table = tables[number - 1]
    if (!table) return
    const word = totals.slice(placeOfReport + 3, placeOfReport + 4)
    const id = isFloat === 1 ? new Float32Array(word.buffer)[0] : new Int32Array(word.buffer)[0]
    throw new Mistake(
      `${table.where}: expected ids from 0 to ${table.rows - 1}, whole numbers, got ${id} in sample ${first + sample}. ` +
        `${table.option} of the layer is the largest id and one more.`,
    )
  }
}

/** An error of the data, not of the device. */
class Mistake extends RecurraError {}

const isMistake = (error: unknown): boolean => error instanceof Mistake

/** What errors of backends advise, in the words of an ejected file. */
const told = (error: unknown): unknown =>
  error instanceof RecurraError && !isMistake(error)
    ? new RecurraError(error.message.replace(/setBackend\('(\w+)'\)/g, "load({ backend: '$1' })"), {
        cause: error,
      })
    : error

/** FLOPs of a forward pass of 32 samples. */
function flopsOf({ plans: [plan] }: EjectedModel): number {
  const { batch, operations }: Pick<EjectedPlan, 'batch' | 'operations'> = plan ?? {
    batch: 1,
    operations: [],
  }
  return (32 / batch) * operations.reduce((sum, { flops }) => sum + flops, 0)
}
