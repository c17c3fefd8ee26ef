/*
 * The stand-in of chip/modChip.c on Linux, for a program whose files lie in the folder THERMOWELL_HOME and whose time
 * goes THERMOWELL_SPEED times as fast: memory and flash are files, a sleep ends in the program's starting itself anew.
 * THERMOWELL_PLATFORM is the chip that it passes itself off as.
 * A program that was killed has lost its power: who starts it again takes the memory away.
 */
#include <fcntl.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define MEMORY_BYTES 384
#define SECTOR 4096
#define SLEPT "THERMOWELL_SLEPT"
#define CLOCK "THERMOWELL_CLOCK"

/* Math.random is rand(): unseeded, each start, and so each wake, would throw the same dice and name its log the same. */
__attribute__((constructor)) static void seed(void)
{
	unsigned int number;
	if (getrandom(&number, sizeof(number), 0) == sizeof(number)) srand(number);
}

static int file(const char *name)
{
	char path[4096];
	snprintf(path, sizeof(path), "%s/%s", getenv("THERMOWELL_HOME"), name);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0) {
		perror(path);
		_exit(2);
	}
	return fd;
}

static void put(int fd, const void *bytes, size_t count, off_t offset)
{
	if (pwrite(fd, bytes, count, offset) != (ssize_t)count) {
		perror("pwrite");
		_exit(2);
	}
}

static int memory(void)
{
	static int fd = -1;
	return fd < 0 ? fd = file("memory.bin") : fd;
}

/* A new one is blank. */
static int flash(void)
{
	static int fd = -1;
	return fd < 0 ? fd = file("flash.bin") : fd;
}

double lin_speed(void)
{
	const char *speed = getenv("THERMOWELL_SPEED");
	return speed ? atof(speed) : 1;
}

int32_t lin_count(void)
{
	int fd = file("count.bin");
	int32_t count = 0;
	if (pread(fd, &count, sizeof(count), 0) != sizeof(count)) count = 0;
	count++;
	put(fd, &count, sizeof(count), 0);
	close(fd);
	return count;
}

void lin_flash_read(int32_t offset, int32_t count, uint8_t *into)
{
	ssize_t got = pread(flash(), into, count, offset);
	if (got < 0) got = 0;
	memset(into + got, 0xff, count - got);
}

void lin_flash_write(int32_t offset, int32_t count, uint8_t *bytes)
{
	for (int32_t i = 0; i < count; i++) {
		uint8_t byte;
		lin_flash_read(offset + i, 1, &byte);
		byte &= bytes[i];
		put(flash(), &byte, 1, offset + i);
	}
}

void lin_flash_erase(int32_t sector)
{
	uint8_t blank[64];
	memset(blank, 0xff, sizeof(blank));
	for (off_t at = 0; at < SECTOR; at += sizeof(blank)) put(flash(), blank, sizeof(blank), (off_t)sector * SECTOR + at);
}

/* Kept over sleeps and restarts, like an ESP32's: who takes the power away starts a program without it. */
double lin_clock(void)
{
	const char *offset = getenv(CLOCK);
	return offset ? atof(offset) : NAN;
}

void lin_set_clock(double offset)
{
	char text[32];
	snprintf(text, sizeof(text), "%.0f", offset);
	setenv(CLOCK, text, 1);
}

static void note(char *path, size_t size, const char *name, const char *end)
{
	snprintf(path, size, "%s/note-%s%s", getenv("THERMOWELL_HOME"), name, end);
}

char *lin_note(char *name)
{
	char path[4096], text[1024] = "";
	note(path, sizeof(path), name, "");
	FILE *own = fopen(path, "r");
	if (own != NULL) {
		text[fread(text, 1, sizeof(text) - 1, own)] = 0;
		fclose(own);
	}
	return strdup(text);
}

/* Whole or not at all, as NVS writes a key. */
void lin_set_note(char *name, char *text)
{
	char path[4096], temporary[4096];
	note(path, sizeof(path), name, "");
	note(temporary, sizeof(temporary), name, ".new");
	FILE *own = fopen(temporary, "w");
	if (own == NULL || fputs(text, own) < 0 || fclose(own) != 0 || rename(temporary, path) != 0) {
		perror(path);
		_exit(2);
	}
}

int32_t chip_memory_size(void)
{
	return MEMORY_BYTES;
}

void chip_memory_read(uint8_t *bytes)
{
	memset(bytes, 0, MEMORY_BYTES);
	if (pread(memory(), bytes, MEMORY_BYTES, 0) < 0) perror("pread");
}

void chip_memory_write(uint8_t *bytes, int32_t count)
{
	if (count >= 0 && count <= MEMORY_BYTES) put(memory(), bytes, count, 0);
}

double chip_longest_sleep(void)
{
	return 3600000;
}

static void start(void)
{
	static char line[65536];
	static char *words[64];
	FILE *own = fopen("/proc/self/cmdline", "r");
	size_t length = own ? fread(line, 1, sizeof(line) - 1, own) : 0;
	int count = 0;
	for (size_t at = 0; at < length && count < 63; at += strlen(line + at) + 1) words[count++] = line + at;
	execv("/proc/self/exe", words);
	perror("execv");
	_exit(2);
}

void chip_sleep(double ms, int32_t radio)
{
	(void)radio;
	double seconds = ms / lin_speed() / 1000;
	struct timespec left = {(time_t)seconds, (long)((seconds - (time_t)seconds) * 1e9)};
	setenv(SLEPT, "1", 1);
	while (nanosleep(&left, &left) != 0) {
	}
	start();
}

void chip_restart(void)
{
	unsetenv(SLEPT);
	start();
}

/* 2: from a sleep; 1: the power came. As in RESETS of chip.ts. */
int32_t chip_reset_reason(void)
{
	return getenv(SLEPT) ? 2 : 1;
}

void chip_feed_watchdog(void)
{
}

const char *chip_platform(void)
{
	const char *platform = getenv("THERMOWELL_PLATFORM");
	return platform ? platform : "linux";
}

void chip_mac(uint8_t *mac)
{
	static const uint8_t own[6] = {0x02, 0, 0, 0, 0, 0x01};
	memcpy(mac, own, sizeof(own));
}
