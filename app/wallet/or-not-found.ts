import { notFound } from 'next/navigation'
import { isDomainError } from '@/lib/core/errors'

/** A page's read: what is missing, or another's, is the ordinary page for that. */
export async function orNotFound<T>(read: Promise<T>): Promise<T> {
  try {
    return await read
  } catch (error) {
    if (isDomainError(error) && error.kind === 'not-found') notFound()
    throw error
  }
}
