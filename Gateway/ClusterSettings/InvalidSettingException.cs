namespace PartnerPlatform.ClusterSettings;

/// <summary>A setting that is missing or wrong; the message names it, the rule, and (unless it is a secret) what was given.</summary>
public sealed class InvalidSettingException(string message) : Exception(message);
