// A batch of components that differ in extents.

import { checkFinite, fail } from '../errors.ts'
import { sizeOf } from '../util/shape.ts'
import { Tensor } from '../util/tensor.ts'
import { collate, componentOf, mapComponents } from './elements.ts'

/** A batch of elements, each component padded behind, along every axis, up to the largest of the batch. */
export function padAndCollate(elements: readonly unknown[], value: number, where: string): unknown {
  const padding = checkFinite(where, 'paddingValue', value)
  const largest = new Map<string, number[]>()
  const components = elements.map((element) =>
    mapComponents(element, (component, name) => {
      if (typeof component === 'string') return component
      const read = componentOf(component, where)
      const known = largest.get(name) ?? read.shape
      if (known.length !== read.shape.length)
        fail(`${where}, component ${name}`, {
          expected: `components of ${known.length} axes`,
          got: `${read.shape.length}`,
        })
      largest.set(
        name,
        known.map((extent, axis) => Math.max(extent, read.shape[axis] ?? 0)),
      )
      return read
    }),
  )
  const padded = components.map((element) =>
    mapComponents(element, (component, name) =>
      component instanceof Tensor ? padTo(component, largest.get(name) ?? [], padding) : component,
    ),
  )
  return collate(padded, where)
}

function padTo({ data, shape }: Tensor, to: readonly number[], value: number): Tensor {
  const padded = new Float32Array(sizeOf(to)).fill(value)
  const run = shape.at(-1) ?? 1
  for (let i = 0; i < data.length; i += run) {
    let [rest, at] = [i, 0]
    shape.forEach((_, axis) => {
      const inner = sizeOf(shape.slice(axis + 1))
      at += Math.floor(rest / inner) * sizeOf(to.slice(axis + 1))
      rest %= inner
    })
    padded.set(data.subarray(i, i + run), at)
  }
  return new Tensor(padded, [...to])
}
