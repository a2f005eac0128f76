'use server'

import { getLocale } from 'next-intl/server'
import { publicFormAction } from '@/lib/http/form-action'
import { SignUpInput } from '@/lib/people/schema'
import { signUp } from '@/lib/people/sign-up'

export const signUpAction = publicFormAction(SignUpInput, async (ctx, input) =>
  signUp(ctx, { ...input, locale: (await getLocale()) === 'it' ? 'it' : 'en' }),
)
