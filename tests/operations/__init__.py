"""Operations: health, logs, the end of the process."""
