import * as z from 'zod';

/**
 * Zones that the tz database (2026c, zone.tab) calls by another name than Unicode's CLDR, which
 * keeps the name it knew first. Intl takes both and lists only CLDR's.
 */
const RENAMED = [
  'Africa/Asmara',
  'America/Argentina/Buenos_Aires',
  'America/Argentina/Catamarca',
  'America/Argentina/Cordoba',
  'America/Argentina/Jujuy',
  'America/Argentina/Mendoza',
  'America/Atikokan',
  'America/Indiana/Indianapolis',
  'America/Kentucky/Louisville',
  'America/Nuuk',
  'Asia/Ho_Chi_Minh',
  'Asia/Kathmandu',
  'Asia/Kolkata',
  'Asia/Yangon',
  'Atlantic/Faroe',
  'Europe/Kyiv',
  'Pacific/Chuuk',
  'Pacific/Kanton',
  'Pacific/Pohnpei',
];

/**
 * All places of the tz database, and UTC. Not Intl's offsets (`+09:00`) and abbreviations (`EST`):
 * they know no summer time, which is seldom meant.
 */
const TIME_ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone'), ...RENAMED];

/** An IANA time zone; a list and not a rule, so that JSON Schema can say it too. */
export const timeZone = z.enum([...new Set(TIME_ZONES)].toSorted(), {
  error: 'is not an IANA time zone',
});
