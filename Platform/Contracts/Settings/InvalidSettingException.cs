namespace PartnerPlatform.Contracts.Settings;

/// <summary>Settings that are missing or wrong, a line for each: it names the setting, the rule, and (unless it is a secret) what was given.</summary>
public sealed class InvalidSettingException(string message, Exception? inner = null) : Exception(message, inner);
