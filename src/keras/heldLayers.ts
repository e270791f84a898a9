// Layers, models, metrics and optimizers in fields of classes of a text, which are parts of the layers that these stand for.

import type { Layer as AnyLayer } from '../layers/layer.ts'
import type { LayersModel } from '../models/model.ts'
import { hostOf } from '../python/interpreter.ts'
import type { Value } from '../python/values.ts'
import { ofSteps } from './ownSteps.ts'
import { isModel, type Reader } from './reader.ts'
import { WrappedValue } from './values.ts'

/** Layers in fields are parts of the layer, under the field's name, which files have; metrics and optimizers are those of its steps. */
export function hold(reader: Reader, target: AnyLayer, name: string, value: Value): void {
  const held = ofSteps(value)?.plain() ?? layersOf(reader, value)
  if (held === null) return
  const fields = target as unknown as Record<string, unknown>
  const isFree = Object.hasOwn(target, name)
    ? fields[name] === held || Array.isArray(held)
    : !(name in target)
  fields[isFree ? name : `${name}_`] = held
}

/** Whether a value is a layer, or a list or an object of layers. */
export const isHeld = (reader: Reader, value: Value): boolean => layersOf(reader, value) !== null

/** The model that a value is; null for other values. */
export function modelOf(value: Value): LayersModel | null {
  const layer = layerHostOf(value)?.plain() as AnyLayer | undefined
  return isModel(layer) ? layer : null
}

/** A layer, or a list or an object of layers; null for other values. */
function layersOf(reader: Reader, value: Value): unknown {
  if (layerHostOf(value)) return reader.plain(value)
  const isGroup = typeof value === 'object' && value !== null && ('entries' in value || 'items' in value)
  if (!isGroup || value instanceof WrappedValue) return null
  const inner =
    'entries' in value ? [...(value.entries as Map<string, unknown>).values()].flat() : value.items
  return (inner as readonly Value[]).some(layerHostOf) ? reader.plain(value) : null
}

/** What knows a value that is a layer; null for other values. */
function layerHostOf(value: Value): WrappedValue | null {
  const host = hostOf(value)
  return host instanceof WrappedValue && host.isLayer ? host : null
}
