// Keras's callbacks that are not here, each with the reason, which docs/keras-compatibility.md gives.

export const refusedCallbacks: Readonly<Record<string, string>> = {
  OrbaxCheckpoint:
    'Orbax is a format of JAX, for trainings on many machines; `ModelCheckpoint` and `BackupAndRestore` save on one',
}
