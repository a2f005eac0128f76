import { notFound } from 'next/navigation'
import { isDomainError } from '@/lib/core/errors'

/** A page's read: what is missing and what belongs to others become the same page, with the same status. */
export async function orNotFound<T>(read: Promise<T>): Promise<T> {
  try {
    return await read
  } catch (error) {
    if (isDomainError(error) && error.kind === 'not-found') notFound()
    throw error
  }
}
