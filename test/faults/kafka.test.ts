import { registerRows } from './bench/register-rows.ts';
import { kafkaStorageRows } from './rows/kafka-storage.ts';
import { kafkaRows } from './rows/kafka.ts';

registerRows([...kafkaRows, ...kafkaStorageRows]);
