/** Stands in for @supabase/storage-js in the built app, which stores no files. */
export class StorageClient {
  from(): never {
    throw new Error("This app stores no files: remove the alias in vite.config.ts to use Supabase Storage.");
  }
}

export class StorageApiError extends Error {}
