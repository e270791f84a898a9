// What Vue makes of objects that are kept in its state, in a few lines: https://vuejs.org/guide/extras/reactivity-in-depth.

const proxies = new WeakMap<object, object>()

/** Whether Vue puts an object behind a proxy: plain objects, lists, and objects of classes that do not say otherwise. */
const isWrapped = (value: object): boolean =>
  Reflect.get(value, '__v_skip') !== true &&
  Object.isExtensible(value) &&
  /^\[object (Object|Array)\]$/.test(Object.prototype.toString.call(value))

/** The value as Vue's `reactive` gives it, with all that is read of it. */
export function keptByVue<Kept>(value: Kept): Kept {
  if (typeof value !== 'object' || value === null || !isWrapped(value)) return value
  const found = proxies.get(value) ?? proxyOf(value)
  proxies.set(value, found)
  return found as Kept
}

const proxyOf = (value: object): object =>
  new Proxy(value, { get: (target, name, receiver) => keptByVue(Reflect.get(target, name, receiver)) })
