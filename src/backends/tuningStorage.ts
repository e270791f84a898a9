// Storage of measured choices from one session to the next: IndexedDB in a page, a file with recurra/node.

export interface TuningStorage {
  /** The stored text of an adapter, or null. */
  read(adapter: string): Promise<string | null>
  write(adapter: string, text: string): Promise<void>
}

const [DATABASE, STORE] = ['recurra', 'tuning']

/** Without IndexedDB, or if the page may not use it, nothing is stored. */
const indexedDbStorage: TuningStorage = {
  read: async (adapter) => {
    const found: unknown = await request('readonly', (store) => store.get(adapter)).catch(() => null)
    return typeof found === 'string' ? found : null
  },
  write: async (adapter, text) => {
    await request('readwrite', (store) => store.put(text, adapter)).catch(() => undefined)
  },
}

async function request<T>(
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const open = indexedDB.open(DATABASE, 1)
  open.onupgradeneeded = () => open.result.createObjectStore(STORE)
  const database = await settled(open)
  try {
    return await settled(act(database.transaction(STORE, mode).objectStore(STORE)))
  } finally {
    database.close()
  }
}

const settled = <T>(pending: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    pending.onsuccess = () => resolve(pending.result)
    pending.onerror = () => reject(pending.error)
  })

let storage = indexedDbStorage

export const tuningStorage = (): TuningStorage => storage

/** Replaces the storage; returns the one before. */
export function setTuningStorage(other: TuningStorage): TuningStorage {
  const before = storage
  storage = other
  return before
}
