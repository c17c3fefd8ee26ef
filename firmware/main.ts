/**
 * Where the firmware begins. Every other module is preloaded: run when the image is built, and then read from flash as it
 * is. This one is loaded and run at each start, a wake from sleep included, so it does no more than call the next.
 *
 * Not yet run on a chip: mcconfig compiles and links it for ESP32 and ESP8266, and `npm run firmware:lin` runs it as a
 * Linux program on the XS engine, with stand-ins for what Linux hasn't got (lin/), against a real collector.
 */
import { start } from './start.js';

start();
