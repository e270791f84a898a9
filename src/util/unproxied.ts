// Objects that frameworks of pages leave as they are.

/**
 * The root of classes whose objects stay themselves wherever they are kept. Vue, and what builds on its reactivity, puts objects behind
 * proxies, which have no private fields and are equal to no object; what says `__v_skip` it leaves alone. Objects that are functions, such
 * as models and layers, no framework puts behind a proxy.
 */
export abstract class Unproxied {
  /** @internal */
  get __v_skip(): true {
    return true
  }
}
