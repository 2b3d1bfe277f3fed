// A letter's own name at a mail service, by which the service's news of it will be known.

/** A letter's own name at a mail service: of this installation, and of no person. */
export function referenceOf(installation: string, organisationId: number, letterId: number): string {
  return `${installation}-${organisationId}-${letterId}`;
}
