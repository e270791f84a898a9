// How files say of which class an object is.

import type { Json, JsonObject } from './json.ts'

/** Whether a module is no module of Keras, but where classes of the user's own are. */
export const isOfUser = (module: Json | undefined): boolean =>
  module === null || module === '' || module === 'own'

/**
 * What a serialized object has beside its options. A class of the user's own is found by the name that it is registered by, here as in
 * Keras, where `custom_objects` have it; a name may have a package in front, `My>Shift`.
 */
export const classInFiles = (module: string, className: string): JsonObject & { class_name: string } =>
  isOfUser(module)
    ? { module: null, class_name: className.replace(/^.*>/, ''), registered_name: className }
    : {
        module,
        class_name: className,
        // What Keras does not export has a name in its registry.
        registered_name: module.startsWith('keras.src.') ? className : null,
      }
