/**
 * Currencies whose minor unit is not a hundredth (ISO 4217, list one). Intl's digits are CLDR's,
 * which leave out what is out of use: for 17 currencies they are not those of amounts.
 */
const DIGITS: readonly (readonly [digits: number, currencies: string])[] = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
];

/** An amount in minor units as people write it: `1,234.50 USD`, `30,000 KRW`. */
export function moneyText(amount: number, currency: string): string {
  const digits = DIGITS.find(([, currencies]) => currencies.includes(currency))?.[0] ?? 2;
  const figures = String(amount).padStart(digits + 1, '0');
  const whole = figures.slice(0, figures.length - digits).replace(/\B(?=(?:\d{3})+$)/g, ',');
  const fraction = digits === 0 ? '' : `.${figures.slice(-digits)}`;
  return `${whole}${fraction} ${currency}`;
}

/** The same for Korean readers, to whom won are `30,000원`. */
export function koreanMoneyText(amount: number, currency: string): string {
  return moneyText(amount, currency).replace(/ KRW$/, '원');
}
