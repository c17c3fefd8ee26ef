/*
 * What of the chip no module of the SDK offers: memory that outlasts a deep sleep, the sleep, the reason of the reset,
 * the address. `chip.ts` calls it by XS FFI (manifest.json, "ffi"); `lin/modChip.c` is its stand-in.
 *
 * The numbers of resets are indices of RESETS in chip.ts.
 */
#include <stdint.h>
#include <string.h>

#if ESP32

#include "sdkconfig.h"
#include "esp_attr.h"
#include "esp_mac.h"
#include "esp_sleep.h"
#include "esp_system.h"

#define MEMORY_BYTES 1024

/* Kept over a deep sleep and a reset; after a power cut it holds anything. */
static RTC_NOINIT_ATTR uint32_t memory[MEMORY_BYTES / 4];

int32_t chip_memory_size(void)
{
	return MEMORY_BYTES;
}

void chip_memory_read(uint8_t *bytes)
{
	memcpy(bytes, memory, MEMORY_BYTES);
}

void chip_memory_write(uint8_t *bytes, int32_t count)
{
	if (count >= 0 && count <= MEMORY_BYTES) memcpy(memory, bytes, count);
}

double chip_longest_sleep(void)
{
	return 86400000;
}

void chip_sleep(double ms, int32_t radio)
{
	(void)radio;
	esp_deep_sleep((uint64_t)(ms * 1000));
}

void chip_restart(void)
{
	esp_restart();
}

int32_t chip_reset_reason(void)
{
	switch (esp_reset_reason()) {
		case ESP_RST_POWERON: return 1;
		case ESP_RST_DEEPSLEEP: return 2;
		case ESP_RST_EXT: return 3;
		case ESP_RST_SW: return 4;
		case ESP_RST_PANIC: return 5;
		case ESP_RST_INT_WDT:
		case ESP_RST_TASK_WDT:
		case ESP_RST_WDT: return 6;
		case ESP_RST_BROWNOUT: return 7;
		default: return 0;
	}
}

/* Its own waits 15 s (sdkconfig.defaults), in which an ESP32 is through with the longest log. */
void chip_feed_watchdog(void)
{
}

/* As ESP-IDF names its targets: esp32, esp32c3, … */
const char *chip_platform(void)
{
	return CONFIG_IDF_TARGET;
}

void chip_mac(uint8_t *mac)
{
	esp_read_mac(mac, ESP_MAC_WIFI_STA);
}

#else

#include "user_interface.h"

/* RTC user memory: 128 blocks of 4 bytes from 64 on; an update over the air uses the first 32 of them. */
#define FIRST_BLOCK 96
#define MEMORY_BYTES 384

int32_t chip_memory_size(void)
{
	return MEMORY_BYTES;
}

void chip_memory_read(uint8_t *bytes)
{
	uint32_t words[MEMORY_BYTES / 4];
	system_rtc_mem_read(FIRST_BLOCK, words, MEMORY_BYTES);
	memcpy(bytes, words, MEMORY_BYTES);
}

void chip_memory_write(uint8_t *bytes, int32_t count)
{
	uint32_t words[MEMORY_BYTES / 4];
	if (count < 0 || count > MEMORY_BYTES) return;
	memcpy(words, bytes, count);
	system_rtc_mem_write(FIRST_BLOCK, words, count);
}

/* The timer has 32 bits of microseconds; a little less, since a sleep may be asked to be longer by what it runs short. */
double chip_longest_sleep(void)
{
	return 3600000;
}

/* Takes effect when the running callback has ended. GPIO16 has to be wired to RST. */
void chip_sleep(double ms, int32_t radio)
{
	/* 1: the next start calibrates the radio; 4: it leaves it off */
	system_deep_sleep_set_option(radio ? 1 : 4);
	system_deep_sleep((uint32_t)(ms * 1000));
}

void chip_restart(void)
{
	system_restart();
}

int32_t chip_reset_reason(void)
{
	switch (system_get_rst_info()->reason) {
		case REASON_DEFAULT_RST: return 1;
		case REASON_DEEP_SLEEP_AWAKE: return 2;
		case REASON_EXT_SYS_RST: return 3;
		case REASON_SOFT_RESTART: return 4;
		case REASON_EXCEPTION_RST: return 5;
		case REASON_WDT_RST:
		case REASON_SOFT_WDT_RST: return 6;
		default: return 0;
	}
}

/* It bites after 3.2 s without a turn of the SDK's. */
void chip_feed_watchdog(void)
{
	system_soft_wdt_feed();
}

const char *chip_platform(void)
{
	return "esp8266";
}

void chip_mac(uint8_t *mac)
{
	wifi_get_macaddr(STATION_IF, mac);
}

#endif
