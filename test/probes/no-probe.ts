/** A module whose default export is not made by probe(). */
export default async (): Promise<void> => {};
